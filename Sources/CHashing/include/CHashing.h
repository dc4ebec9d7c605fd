#ifndef VARVE_CHASHING_H
#define VARVE_CHASHING_H
#endif
